/* What the functions that Python calls need of each other. */
#ifndef KX_MODULE_H
#define KX_MODULE_H

#include "state.h"

#define ARGUMENTS PyObject *module, PyObject *const *args, Py_ssize_t count, PyObject *names

/* Call the Python function behind `function`, unless what went wrong is to be told. */
PyObject *fall_back(State *state, Function function, PyObject *const *args, Py_ssize_t count, PyObject *names);

static inline bool is_word(PyObject *value, PyObject *word)
{
    return value == word || (PyUnicode_CheckExact(value) && PyUnicode_Compare(value, word) == 0);
}

/* Whether `names`, those of the keyword arguments, are `word` alone. */
static inline bool is_only(PyObject *names, PyObject *word)
{
    return PyTuple_GET_SIZE(names) == 1 && is_word(PyTuple_GET_ITEM(names, 0), word);
}

/* A copy, as bytes: what others may change while we read cannot be held against its end. NULL, with or without an
 * exception, for what is no bytearray and no memoryview.
 */
PyObject *copied(PyObject *data);

/* Whether what went wrong is to be told, and not tried again. */
bool is_final(void);

#define DECLARATION(number, name, signature) PyObject *name(ARGUMENTS);
EACH_FUNCTION(DECLARATION)

#endif
