"""What will be printed, decided: names, places, imports, and the lines of every declaration."""

from kitexgen.codegen.plan.build import CONTRACT, Names, build, settle_names
from kitexgen.codegen.plan.modules import ModulePlan, PackagePlan, Plan, ServiceModulePlan

__all__ = ["CONTRACT", "ModulePlan", "Names", "PackagePlan", "Plan", "ServiceModulePlan", "build", "settle_names"]
