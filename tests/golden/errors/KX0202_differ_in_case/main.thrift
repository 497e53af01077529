struct User {}
struct user {}
