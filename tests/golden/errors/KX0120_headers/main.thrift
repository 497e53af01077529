namespace py "shop.orders"
namespace go
include user.thrift
cpp_include <vector>

struct User {}
