"""The plugin `validator`: rules in annotations `vt.*`, checked in the IDL and turned into Python."""
