//! Disks of a scenario's own: one whose power can be cut, one that is small and full.
//!
//! A power cut without device mapper: an ext4 file system on a loop device with direct I/O. What reached "the disk" is in the backing
//! file, what was only in the page cache is not, so a copy of the backing file is what a power cut would have left.
use super::{must, try_run};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Size of the disk: the file is sparse.
const SIZE: u64 = 128 << 20;
/// Copies that are taken until nothing was written meanwhile.
const COPIES: u32 = 50;

/// Something mounted, unmounted with its value.
struct Mounted(PathBuf);

impl Mounted {
    fn new(arguments: &[&str], at: &Path) -> Self {
        let at_text = at.display().to_string();
        must("mount", &[arguments, &[at_text.as_str()]].concat());
        Self(at.to_owned())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let at = self.0.display().to_string();
        // lazily: whoever still has a file open there is about to end
        if let Err(e) = try_run("umount", &[at.as_str()])
            .or_else(|_| try_run("umount", &["--lazy", at.as_str()]))
        {
            eprintln!("chaos: {at} stays mounted: {e}");
        }
    }
}

/// A loop device, given back with its value.
struct Loop(String);

impl Drop for Loop {
    fn drop(&mut self) {
        if let Err(e) = try_run("losetup", &["--detach", &self.0]) {
            eprintln!("chaos: {} stays: {e}", self.0);
        }
    }
}

/// A disk whose power can be cut. The order of the fields is the order in which they are given back.
pub struct Disk {
    mounted: Option<Mounted>,
    device: Option<Loop>,
    image: PathBuf,
    at: PathBuf,
}

impl Disk {
    /// An empty file system mounted at `at`; its backing file lies in `folder`.
    ///
    /// # Panics
    /// Without root, `mkfs.ext4`, or a free loop device: a power cut cannot be had then, and must not be passed over.
    pub fn new(folder: &Path, at: &Path) -> Self {
        let image = folder.join("disk.img");
        let text = image.display().to_string();
        File::create(&image)
            .and_then(|f| f.set_len(SIZE))
            .unwrap_or_else(|e| panic!("{text}: {e}"));
        must("mkfs.ext4", &["-q", "-F", "-E", "lazy_itable_init=1,nodiscard", &text]);
        let mut disk = Self { mounted: None, device: None, image, at: at.to_owned() };
        disk.mount();
        disk
    }

    fn mount(&mut self) {
        fs::create_dir_all(&self.at).unwrap_or_else(|e| panic!("{}: {e}", self.at.display()));
        let image = self.image.display().to_string();
        let device = must("losetup", &["--direct-io=on", "--find", "--show", &image]);
        // without direct I/O everything would reach the backing file's own cache, and no cut would lose anything
        let direct = must("losetup", &["--noheadings", "--output", "DIO", &device]);
        assert_eq!(direct.trim(), "1", "{device} has no direct I/O: it cannot show a power cut");
        self.device = Some(Loop(device.clone()));
        self.mounted = Some(Mounted::new(&[&device], &self.at));
    }

    /// Takes what is on the disk at this moment. The caller has stopped whoever writes.
    pub fn cut(&mut self) -> PathBuf {
        let copy = self.image.with_extension("cut");
        let (from, to) = (self.image.display().to_string(), copy.display().to_string());
        for _ in 0..COPIES {
            must("cp", &["--sparse=always", &from, &to]);
            // the kernel writes now and then by itself: a copy taken meanwhile may hold a later write without an earlier one
            if try_run("cmp", &["--silent", &from, &to]).is_ok() {
                return copy;
            }
        }
        panic!("{from} never rests")
    }

    /// Goes on with what a cut left: the file system takes up its own journal now, as after a real one.
    pub fn power_on(&mut self, cut: PathBuf) {
        self.mounted = None;
        self.device = None;
        fs::rename(&cut, &self.image).unwrap_or_else(|e| panic!("{}: {e}", cut.display()));
        self.mount();
    }
}

/// A small disk in memory.
pub struct Tmpfs {
    at: PathBuf,
    _mounted: Mounted,
}

impl Tmpfs {
    /// # Panics
    /// Without root.
    pub fn new(at: &Path, megabytes: u32) -> Self {
        fs::create_dir_all(at).unwrap_or_else(|e| panic!("{}: {e}", at.display()));
        let size = format!("size={megabytes}m");
        let mounted = Mounted::new(&["-t", "tmpfs", "-o", &size, "tmpfs"], at);
        Self { at: at.to_owned(), _mounted: mounted }
    }

    fn fill_path(&self) -> PathBuf {
        self.at.join("fill")
    }

    /// Takes all room that is left, to the last block.
    pub fn fill(&self) -> io::Result<()> {
        let mut file = File::create(self.fill_path())?;
        let piece = vec![1; 64 << 10];
        for size in [piece.len(), 4096, 1] {
            while let Ok(()) = file.write_all(&piece[..size]) {}
        }
        Ok(())
    }

    /// Gives it back.
    pub fn free(&self) -> io::Result<()> {
        fs::remove_file(self.fill_path())
    }
}
