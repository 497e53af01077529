struct NewUser {}
struct User {}
