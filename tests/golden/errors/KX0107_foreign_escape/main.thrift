const string NAME = "\u00e9t\x65"

struct User {
  1: string name (pattern = "^\d+$")
}
