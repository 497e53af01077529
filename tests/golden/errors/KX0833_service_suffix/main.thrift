service User {
}
