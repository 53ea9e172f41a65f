//! Zstd as it streams by: any number of frames, with frames between them that hold no content.
//!
//! Windows are bounded; a frame that is damaged is an error of the reader.

use std::io::{self, Read};

use ruzstd::decoding::FrameDecoder;

/// Windows of frames above this are refused.
const WINDOW_BYTES_MAX: u64 = 16 << 20;

/// A zstd stream of any number of frames.
pub(crate) struct Zstd<R> {
    reader: R,
    frame: Option<FrameDecoder>,
}

impl<R: Read> Zstd<R> {
    /// What `reader` holds, decompressed.
    pub(crate) fn new(reader: R) -> Self {
        Self { reader, frame: None }
    }

    /// Begins the next frame; false at the end.
    fn begin(&mut self) -> io::Result<bool> {
        let mut magic = Vec::with_capacity(4);
        (&mut self.reader).take(4).read_to_end(&mut magic)?;
        if magic.is_empty() {
            return Ok(false);
        }
        // Tools keep tables of contents in frames that every reader passes over.
        if let [0x50..=0x5F, 0x2A, 0x4D, 0x18] = *magic {
            let mut length = [0; 4];
            self.reader.read_exact(&mut length)?;
            let length = u64::from(u32::from_le_bytes(length));
            let passed = io::copy(&mut (&mut self.reader).take(length), &mut io::sink())?;
            return if passed == length { Ok(true) } else { Err(io::ErrorKind::UnexpectedEof.into()) };
        }
        let mut whole = magic.as_slice().chain(&mut self.reader);
        let mut frame = FrameDecoder::new();
        frame.set_max_window_size(WINDOW_BYTES_MAX);
        frame.init(&mut whole).map_err(|_| damaged())?;
        self.frame = Some(frame);
        Ok(true)
    }
}

impl<R: Read> Read for Zstd<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        use ruzstd::decoding::BlockDecodingStrategy::UptoBlocks;
        if out.is_empty() {
            return Ok(0);
        }
        loop {
            let Some(frame) = &mut self.frame else {
                if !self.begin()? {
                    return Ok(0);
                }
                continue;
            };
            let read = frame.read(out)?;
            if read > 0 {
                return Ok(read);
            }
            if frame.is_finished() && frame.can_collect() == 0 {
                self.frame = None;
                continue;
            }
            frame.decode_blocks(&mut self.reader, UptoBlocks(1)).map_err(|_| damaged())?;
        }
    }
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the zstd frame is damaged")
}
