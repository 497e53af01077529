const i32 LIMIT = 20
