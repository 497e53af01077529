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

/* Whether what went wrong is to be told, and not tried again. */
bool is_final(void);

/* Those of Protobuf: `proto_module.c`. */
PyObject *encode_message(ARGUMENTS);
PyObject *decode_message(ARGUMENTS);
PyObject *message_size(ARGUMENTS);
PyObject *encode_protobuf(ARGUMENTS);
PyObject *append_protobuf(ARGUMENTS);
PyObject *decode_protobuf(ARGUMENTS);

/* Those of clients: `usual_call.c`. */
PyObject *write_usual_call(ARGUMENTS);
PyObject *take_usual_answers(ARGUMENTS);
PyObject *open_usual_answer(ARGUMENTS);
/* Those of calls: `calls_module.c`. */
PyObject *copy_slots(ARGUMENTS);
PyObject *read_info_area(ARGUMENTS);

#endif
