struct User {
  1: string user_name
  2: string userName
}
