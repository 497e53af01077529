const i32 FIRST = SECOND
const i32 SECOND = THIRD
const i32 THIRD = FIRST

const i32 SELF = SELF
