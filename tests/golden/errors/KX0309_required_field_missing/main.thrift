struct User {
  1: required string name
  2: required i64 id
}

const User NOBODY = {}
