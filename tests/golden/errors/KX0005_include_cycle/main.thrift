include "user.thrift"

struct Order {
  1: user.User buyer
}
