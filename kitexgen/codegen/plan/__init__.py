"""What will be printed, decided: names, places, imports, and the lines of every declaration."""

from kitexgen.codegen.plan.build import CONTRACT, build
from kitexgen.codegen.plan.modules import ModulePlan, PackagePlan, Plan, ServiceModulePlan
from kitexgen.codegen.plan.naming import Names, settle_names

__all__ = ["CONTRACT", "ModulePlan", "Names", "PackagePlan", "Plan", "ServiceModulePlan", "build", "settle_names"]
