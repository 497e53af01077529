namespace py demo

struct User {
    1: required i64 id
    2: string name
}

service UserService {
    User GetUser(1: i64 id)
    void Rename(1: i64 id, 2: string name)
}
