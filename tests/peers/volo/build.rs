//! Write the Rust code of the IDL that all peers share.

const IDL: &str = "../kitex";

fn main() {
    println!("cargo:rerun-if-changed={IDL}");
    volo_build::Builder::thrift()
        .add_service(format!("{IDL}/echo.thrift"))
        .add_service(format!("{IDL}/probe.thrift"))
        .ignore_unused(false)
        .filename("idl.rs".into())
        .write()
        .expect("the IDL is one that Volo takes");
}
