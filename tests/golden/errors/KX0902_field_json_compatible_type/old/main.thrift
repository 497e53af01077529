struct User {
  1: string avatar
}
