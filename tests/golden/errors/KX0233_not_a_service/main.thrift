struct User {}

service Users extends User {}
