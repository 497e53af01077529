namespace * a

struct Address {}
