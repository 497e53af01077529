namespace py Demo

include "names.thrift"

struct User {
  1: names.Name name
}
