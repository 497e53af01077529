const i32 LIMIT = 10

service Users {}

struct Page {
  1: LIMIT size
  2: Users users
}
