namespace py shop

include "base.thrift"

enum Color { RED = 1, BLUE = 2 }

/** What the shop sells. */
struct Product {
  1: required base.Id id
  2: string name
  3: optional Color color = Color.RED
  4: list<string> tags
}

exception NotFound { 1: required base.Id id }

service Shop extends base.Health {
  Product Find(1: base.Id id) throws (1: NotFound missing)
  oneway void Seen(1: base.Id id)
}
