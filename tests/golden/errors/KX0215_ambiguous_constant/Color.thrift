namespace * colours

const i32 RED = 2
