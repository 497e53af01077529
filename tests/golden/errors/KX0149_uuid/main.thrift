struct User {
  1: uuid id
  2: list<uuid> friends
}
