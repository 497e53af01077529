include "shared.thrift"

struct User {
  1: strnig name
  2: float weight
  3: shared.Adress home
  4: Address work
}
