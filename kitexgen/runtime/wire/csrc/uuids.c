#include "uuids.h"

bool uuid_put(State *state, uint8_t *at, PyObject *value)
{
    if (!Py_IS_TYPE(value, (PyTypeObject *)state->uuid_type))
        return false;
    PyObject *number = *slot_of(value, state->uuid_int);
    if (number == NULL || !PyLong_Check(number))
        return false;
#if PY_VERSION_HEX >= 0x030D0000
    int flags = Py_ASNATIVEBYTES_BIG_ENDIAN | Py_ASNATIVEBYTES_UNSIGNED_BUFFER | Py_ASNATIVEBYTES_REJECT_NEGATIVE;
    Py_ssize_t needed = PyLong_AsNativeBytes(number, at, 16, flags);
    bool fits = needed >= 0 && needed <= 16;
#else
    bool fits = _PyLong_AsByteArray((PyLongObject *)number, at, 16, 0, 0) == 0;
#endif
    if (!fits)
        PyErr_Clear();
    return fits;
}

PyObject *uuid_new(State *state, const uint8_t *from)
{
    PyTypeObject *type = (PyTypeObject *)state->uuid_type;
#if PY_VERSION_HEX >= 0x030D0000
    PyObject *number = PyLong_FromUnsignedNativeBytes(from, 16, Py_ASNATIVEBYTES_BIG_ENDIAN);
#else
    PyObject *number = _PyLong_FromByteArray(from, 16, 0, 0);
#endif
    PyObject *made = number == NULL ? NULL : type->tp_alloc(type, 0);
    if (made == NULL) {
        Py_XDECREF(number);
        return NULL;
    }
    *slot_of(made, state->uuid_int) = number;
    *slot_of(made, state->uuid_is_safe) = Py_NewRef(state->uuid_safe);
    return made;
}
