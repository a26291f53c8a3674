# Where this machine gets its Debian from: another release's packages come from the same place.
debian_mirror() {
  local release
  release=$(. /etc/os-release && echo "$VERSION_CODENAME")
  apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' |
    awk -v release="$release" '$1 == release { sub("/$", "", $2); print $2; exit }'
}
