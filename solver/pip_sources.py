"""What is changed in conda-lock's pip solver, which is Poetry's: sources, cooldowns, what is kept, and addresses."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, TypedDict

from conda_lock import pypi_solver
from conda_lock._vendor.poetry.core.packages.package import Package
from conda_lock._vendor.poetry.puzzle.exceptions import SolverProblemError

from cooldown import Cooldowns
from pip_cooldown import CooledIndexes
from pip_kept import Preferred, chosen_anew, prefer
from pip_projects import Projects
from pip_refusals import BringsAddressError
from pip_releases import MayBuild, Releases


class PipPolicy(TypedDict):
    """What counts for the lock that is being made."""

    may_build: MayBuild
    cooldowns: Cooldowns
    preferred: Preferred
    held_back: list[dict[str, str]]  # gets what the cooldowns hold back of what was locked
    projects: dict[str, list[list[str]]]  # gets by name the labelled addresses of what was locked


def install(policy: PipPolicy) -> None:
    """Makes conda-lock's pip solver work by the policy from now on."""
    projects = Projects()
    projects.install()

    class Target(pypi_solver.PlatformEnv):
        def __init__(self, *, platform: str, **options: Any) -> None:
            super().__init__(platform=platform, **options)
            self.platform_name = platform

    class Solver(pypi_solver.PoetrySolver):
        @contextmanager
        def use_environment(self, env: Target) -> Iterator[None]:
            with super().use_environment(env):
                conda = {package.name for package in self._installed_packages}
                self._indexes = CooledIndexes(policy["cooldowns"], conda)
                if policy["cooldowns"].are_in_force:
                    for repository in self._pool.repositories:
                        self._indexes.cool(repository)
                preferred = policy["preferred"]
                prefer(self.provider, preferred["kept"].get(env.platform_name, {}), preferred["asked"])
                self._releases = Releases(self, env, policy["may_build"])
                refuse_addresses(self)
                yield

        def solve(self, use_latest: Collection[Any] | None = None) -> Any:
            self._releases.check_named()
            try:
                # What is asked for is chosen first, so that what is kept gives way to it.
                transaction = super().solve([*(use_latest or []), *policy["preferred"]["asked"]])
            except SolverProblemError as error:
                error.details = {"held_back": self._indexes.newest()}
                raise
            self._releases.check_result(transaction)
            operations = transaction.calculate_operations(with_uninstalls=False)
            locked = [operation.package for operation in operations if not operation.skipped]
            platform = self._releases.env.platform_name
            preferred = policy["preferred"]
            chosen = chosen_anew(locked, preferred["kept"].get(platform, {}), preferred["asked"])
            late = self._indexes.held_back(chosen, self._package.all_requires)
            policy["held_back"] += [{"platform": platform, **entry} for entry in late]
            policy["projects"] |= {package.name: projects.of(package.name, package.version.text) for package in locked}
            return transaction

    pypi_solver.PlatformEnv = Target
    pypi_solver.PoetrySolver = Solver


def refuse_addresses(solver: Any) -> None:
    """Git, ssh and files are reached only where an environment file itself asks for it."""
    provider = solver.provider
    complete, search = provider.complete_package, provider.search_for_direct_origin_dependency
    completed: list[str] = []

    def complete_named(wanted: Any) -> Any:
        completed.append(wanted.package.name)
        return complete(wanted)

    def search_named(dependency: Any) -> Package:
        if dependency not in solver._package.all_requires:
            raise BringsAddressError(completed[-1], dependency.to_pep_508())
        return search(dependency)

    provider.complete_package, provider.search_for_direct_origin_dependency = complete_named, search_named
