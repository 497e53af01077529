service user_service {
}
