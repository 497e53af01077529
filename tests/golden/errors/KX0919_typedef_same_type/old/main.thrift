typedef i32 UserId
