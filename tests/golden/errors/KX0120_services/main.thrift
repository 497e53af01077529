service Users extends {
  void ping
  User get(1: i64 id throws (1: NotFound missing)
  list<User> all()
  void store(1: User user,, 2: bool sync)
}

service Admins : Users {
  oneway void stop(1: i32 code;
  void restart()
}

struct User extends Base {
  1: i64 id
}
