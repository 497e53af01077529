struct Plain {
}
