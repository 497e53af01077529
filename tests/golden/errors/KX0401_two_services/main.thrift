namespace py demo

service Users {
}

service users {
}
