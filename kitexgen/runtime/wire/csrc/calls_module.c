/* The functions that Python calls for what goes with a call: its infos, and what is known of it. */
#include "infos.h"
#include "module.h"
#include "slots.h"

PyObject *read_info_area(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (LIKELY(count == 1) && names == NULL && !state->paused && LIKELY(PyBytes_CheckExact(args[0]))) {
        PyObject *told = infos_read((const uint8_t *)PyBytes_AS_STRING(args[0]), PyBytes_GET_SIZE(args[0]));
        if (LIKELY(told != NULL))
            return told;
    }
    return fall_back(state, READ_INFO_AREA, args, count, names);
}

PyObject *copy_slots(ARGUMENTS)
{
    State *state = PyModule_GetState(module);
    if (LIKELY(count == 1) && names == NULL && LIKELY(!state->paused) && LIKELY(is_only_slots(Py_TYPE(args[0])))) {
        PyObject *copied = slots_copy(args[0]);
        if (LIKELY(copied != NULL))
            return copied;
    }
    return fall_back(state, COPY_SLOTS, args, count, names);
}
