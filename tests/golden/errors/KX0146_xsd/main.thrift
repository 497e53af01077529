struct User xsd_all {
  1: string name xsd_optional xsd_nillable
}
