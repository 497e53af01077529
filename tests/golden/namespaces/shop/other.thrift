namespace * other

struct Item {
}
