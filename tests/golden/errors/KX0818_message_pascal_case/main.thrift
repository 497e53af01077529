struct user_profile {
  1: i64 id
}
