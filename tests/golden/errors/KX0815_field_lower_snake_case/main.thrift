struct User {
  1: string displayName
}
