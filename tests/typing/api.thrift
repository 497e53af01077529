namespace py shop

enum Color { RED = 1, GREEN = 2 }

struct Key { 1: i32 x }

struct User {
  1: required i64 id
  2: string name
  3: list<string> tags
  4: optional User manager
  5: optional i32 limit = 7
  6: Color color
  7: map<Key, set<Color>> by_key
  8: list<i32> packed (py.packed = "1")
  9: binary blob
  10: uuid uid
  11: optional double ratio
}

union Choice { 1: i64 number, 2: User user }

exception NotFound { 1: required i32 code }

const list<i32> PRIMES = [2, 3]

service Users {
  User get(1: i64 id) throws (1: NotFound missing)
  void put(1: User user)
  oneway void forget(1: i64 id)
  list<User> all()
}

service Feeds {
  User follow(1: Key key) (streaming.mode = "server")
  Key record(1: User user) (streaming.mode = "client")
  User talk(1: Key key) (streaming.mode = "bidirectional")
}
