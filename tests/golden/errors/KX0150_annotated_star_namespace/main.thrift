namespace * shop (owner = "orders")

struct User {}
