#ifndef KX_ENVELOPE_H
#define KX_ENVELOPE_H

#include "state.h"

/* The bytes of `write_message_begin` in binary; NULL, perhaps without an exception, for what is left to Python. */
PyObject *binary_message_begin(PyObject *name, PyObject *kind, PyObject *sequence);

/* The MessageBegin at `start` of exact bytes; NULL likewise. */
PyObject *binary_message_open(State *state, PyObject *data, Py_ssize_t start);

#endif
