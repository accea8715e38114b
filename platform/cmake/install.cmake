# Installation; filled by the install step.
