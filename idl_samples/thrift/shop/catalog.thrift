// What the shop sells.
namespace py shop.catalog
namespace go shop.catalog

include "money.thrift"

typedef i64 ProductId

enum Category {
  OTHER = 0
  BOOK = 1
  TOY = 2
  FOOD = 3
}

/** One thing on the shelf. */
struct Product {
  1: required ProductId id
  2: required string name
  3: Category category = Category.OTHER
  4: required money.Amount price
  5: set<string> tags
  6: optional binary picture (py.comment = "PNG")
  7: optional Product replacement // sold instead when this one is gone
}

exception ProductNotFound {
  1: required ProductId id
  2: string message
}

/** What a service of the shop has in common with others. */
service Base {
  /** Says that the server is up, and how it is. */
  string ping()
}

service Catalog {
  Product get_product(1: ProductId id) throws (1: ProductNotFound not_found)
  list<Product> list_products(1: Category category, 2: i32 limit = 10)
}
