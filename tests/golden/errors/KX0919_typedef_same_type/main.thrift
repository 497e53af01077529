typedef i64 UserId
