struct User {}

struct Order {
  1: User (key = "value") buyer
}
