namespace py demo

include "more/main.thrift"

struct User {
  1: main.Id id
}
