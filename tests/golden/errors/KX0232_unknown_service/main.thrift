service Users {}

service Admins extends User {}
