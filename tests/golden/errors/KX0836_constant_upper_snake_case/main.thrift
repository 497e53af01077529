const i32 maxSize = 20
