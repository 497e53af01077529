struct None {
}

struct None_ {
}
