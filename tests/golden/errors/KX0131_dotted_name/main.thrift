struct shop.User {
  1: i64 user.id
}
