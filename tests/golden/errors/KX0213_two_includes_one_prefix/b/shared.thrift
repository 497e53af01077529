namespace * b

struct Address {}
