struct User {
  1: binary avatar
}
